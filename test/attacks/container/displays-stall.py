# tries: a value as the last expression whose form never comes
# holds: the guest's time runs on, and ends it
# threat: T17
# ends: timeout
# request: { "limits": { "timeoutMs": 1500 } }
class Stall:
    def _repr_html_(self):
        while True:
            pass


Stall()
