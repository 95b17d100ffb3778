type Work = () => void;
/** One listener for all work of this copy of the package. */
interface Listener extends Work {
  readonly works: Set<Work>;
}

/**
 * Does the work each time the process would end by itself, until disposed. However many ask, the process has one listener,
 * which goes with the last: Node warns of a leak if an event has more than ten. The listener itself holds the work, so
 * that this module has no state.
 */
export function onBeforeExit(work: Work): Disposable {
  const listener = process.listeners('beforeExit').find(isOwn) ?? addListener();
  listener.works.add(work);
  return {
    [Symbol.dispose]() {
      listener.works.delete(work);
      if (listener.works.size === 0) process.off('beforeExit', listener);
    },
  };
}

function addListener(): Listener {
  const works = new Set<Work>();
  const listener = Object.assign(
    () => {
      for (const work of works) work();
    },
    { works, owner: onBeforeExit },
  );
  process.on('beforeExit', listener);
  return listener;
}

function isOwn(listener: object): listener is Listener {
  return 'owner' in listener && listener.owner === onBeforeExit;
}
