import {
  type ArgumentCondition,
  allowedCalls,
  type ConditionalCall,
  conditionalCalls,
  schedulingCalls,
} from './seccomp-calls.ts';
import { confiningCalls, idleCalls, optionCalls } from './seccomp-options.ts';

/** Linux error numbers. */
const [EPERM, ENOSYS] = [1, 38];
const allowed = { action: 'SCMP_ACT_ALLOW' };
/** The call does nothing, and says that it succeeded. */
const idle = { action: 'SCMP_ACT_ERRNO', errnoRet: 0 };

/** For engines whose kernel checks whether one process may change the scheduling of another. */
const anyScheduling = { names: schedulingCalls.map(({ call }) => call), action: 'SCMP_ACT_ALLOW' };

/**
 * The filter of system calls that every container runs under, as text in Docker's format. Calls that it does not name
 * fail with `EPERM`. Calls of 32-bit or x32 programs end their process, because an architecture that is not listed has
 * no calls at all.
 */
export const guestSeccompProfile: string = buildProfile(
  // The flags of clone3 are in memory, which a filter cannot read. With this error the C library falls back to clone.
  { names: ['clone3'], action: 'SCMP_ACT_ERRNO', errnoRet: ENOSYS },
  ...rules(idleCalls, idle),
  anyScheduling,
);

/**
 * The same for gVisor, which ignores a profile's error numbers; its own kernel answers clone3. Its table of names had
 * `pselect` for pselect6 until 2023; without that name, `select` fails in every guest. gVisor lets any process change
 * the scheduling of any other, also of the runner, so this profile allows only the process's own.
 */
export const gvisorSeccompProfile: string = buildProfile(
  { names: ['clone3', 'pselect'], action: 'SCMP_ACT_ALLOW' },
  ...rules(idleCalls, allowed),
  ...schedulingCalls.flatMap(({ call, index }) => rules({ call, when: [[{ index, value: 0 }]] }, allowed)),
);

/**
 * For containers that jobs of a tenant share: also allows the calls that separate the jobs from each other. A second
 * filter takes these from the guests (`sandbox-images/tenant/guest_filter.py`).
 */
export const tenantSeccompProfile: string = buildProfile(
  { names: ['clone3'], action: 'SCMP_ACT_ERRNO', errnoRet: ENOSYS },
  { names: ['clone', 'mount', 'sethostname'], action: 'SCMP_ACT_ALLOW' },
  ...rules(confiningCalls, allowed),
  ...rules(idleCalls, idle),
  anyScheduling,
);

function buildProfile(...more: object[]): string {
  return JSON.stringify({
    defaultAction: 'SCMP_ACT_ERRNO',
    defaultErrnoRet: EPERM,
    archMap: [{ architecture: 'SCMP_ARCH_X86_64' }, { architecture: 'SCMP_ARCH_AARCH64' }],
    syscalls: [
      { names: allowedCalls.flatMap(({ calls }) => calls), action: 'SCMP_ACT_ALLOW' },
      ...[...conditionalCalls, ...optionCalls].flatMap((call) => rules(call, allowed)),
      ...more,
    ],
  });
}

function rules({ call, when }: Pick<ConditionalCall, 'call' | 'when'>, action: object): object[] {
  return when.map((conditions) => ({ names: [call], ...action, args: conditions.map(toArgument) }));
}

/** For a masked comparison, `value` is the mask and `valueTwo` the value to compare with. */
function toArgument({ index, value, mask }: ArgumentCondition): object {
  if (mask === undefined) return { index, value, op: 'SCMP_CMP_EQ' };
  return { index, value: mask, valueTwo: value, op: 'SCMP_CMP_MASKED_EQ' };
}
