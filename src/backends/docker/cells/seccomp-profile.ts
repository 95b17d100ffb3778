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

/** For whom the kernel asks whether one process may change the scheduling of another. */
const anyScheduling = { names: schedulingCalls.map(({ call }) => call), action: 'SCMP_ACT_ALLOW' };

/**
 * The filter of system calls that every container runs under, as text in Docker's format. What it does not name fails with
 * `EPERM`. Calls of 32-bit or x32 programs end their process: an architecture that is not listed has no calls at all.
 */
export const guestSeccompProfile: string = buildProfile(
  // Its flags lie in memory, where no filter sees them. With this answer the C library falls back to clone.
  { names: ['clone3'], action: 'SCMP_ACT_ERRNO', errnoRet: ENOSYS },
  ...rules(idleCalls, idle),
  anyScheduling,
);

/**
 * The same for gVisor, which takes no error number from a profile: its own kernel answers clone3. And its table of names
 * said `pselect` for pselect6 until 2023; without it, `select` fails in every guest. It lets anybody change the scheduling
 * of any process, the runner's too: here each changes its own.
 */
export const gvisorSeccompProfile: string = buildProfile(
  { names: ['clone3', 'pselect'], action: 'SCMP_ACT_ALLOW' },
  ...rules(idleCalls, allowed),
  ...schedulingCalls.flatMap(({ call, index }) => rules({ call, when: [[{ index, value: 0 }]] }, allowed)),
);

/**
 * For containers that the jobs of a tenant share: what takes them apart there is allowed in addition. The guests are under
 * a second filter that takes it back (`sandbox-images/tenant/guest_filter.py`).
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

/** For a masked comparison, `value` is the mask and `valueTwo` what is compared with. */
function toArgument({ index, value, mask }: ArgumentCondition): object {
  if (mask === undefined) return { index, value, op: 'SCMP_CMP_EQ' };
  return { index, value: mask, valueTwo: value, op: 'SCMP_CMP_MASKED_EQ' };
}
