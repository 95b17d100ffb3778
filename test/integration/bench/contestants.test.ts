import { expect, test } from 'vitest';
import { type Answer, LeftOut, type OpenContestant } from '../../../bench/contestant.ts';
import { startContestantProcess } from '../../../bench/contestant-process.ts';
import { drive, type Load } from '../../../bench/drive.ts';
import { runGroups } from '../../../bench/run.ts';
import { groupsOf, restrict } from '../../../bench/scenarios.ts';
import { workloadOf } from '../../../bench/workloads.ts';

const load: Load = { concurrency: 1, calls: 5, budgetMs: 10_000, pauseMs: 0, warmUp: 1 };
const surroundings = { family: 'javascript', hotcell: '/nowhere/index.js', images: {}, warm: 0 } as const;
const answering = (run: (index: number) => Answer): OpenContestant => ({
  run: async (_workload, index) => run(index),
  close: async () => undefined,
});

test('one contestant runs work from end to end in its own process, and right answers are counted', async () => {
  await using process = startContestantProcess();
  const prepared = await process.ask({ do: 'prepare', contestant: 'node-vm', surroundings }, 20_000);
  expect(prepared).toEqual({ result: expect.any(Number) });
  for (const workload of ['nothing', 'compute', 'data-10kb', 'output-100kb']) {
    const told = await process.ask({ do: 'call', workload, load }, 20_000);
    expect(told).toMatchObject({ result: { failures: 0 } });
    expect('result' in told && told.result.timesMs).toHaveLength(5);
  }
});

test('what cannot take part is left out, and what dies is a failure; neither ends the run', async () => {
  const [group] = restrict(groupsOf('quick'), 'hotcell-start');
  if (group === undefined) throw new Error('no such group');
  const one = { ...group, contestants: ['hotcell', 'node-vm'], rounds: 1, scenarios: group.scenarios.slice(0, 1) };
  const rows = await runGroups([one], { hotcell: '/nowhere/index.js', deadlineMs: 60_000, report: () => undefined });
  expect(rows.map(({ contestant, calls, failures }) => ({ contestant, calls, failures }))).toEqual([
    { contestant: 'hotcell', calls: 0, failures: 1 },
    { contestant: 'node-vm', calls: 5, failures: 0 },
  ]);
  expect(rows[0]?.firstFailure).toContain('/nowhere/index.js');
});

test('wrong answers and rejections are failures, never times', async () => {
  const nothing = workloadOf('nothing');
  const wrong = await drive(
    answering((index) => ({ value: index === 3 ? 3 : 2 })),
    nothing,
    load,
  );
  expect(wrong).toMatchObject({ failures: 1, firstFailure: 'the value is wrong' });
  expect(wrong.timesMs).toHaveLength(4);
  const broken = answering(() => {
    throw new Error('no more');
  });
  expect(await drive(broken, nothing, load)).toMatchObject({ timesMs: [], failures: 5, firstFailure: 'no more' });
  const incapable = answering(() => {
    throw new LeftOut('never');
  });
  await expect(drive(incapable, nothing, load)).rejects.toThrow('never');
  const withoutLibrary = answering(() => ({ value: 'absent' }));
  await expect(drive(withoutLibrary, workloadOf('numpy'), load)).rejects.toThrow(LeftOut);
});

test('calls are in flight together as the load asks for, and end with the budget', async () => {
  let inFlight = 0;
  let most = 0;
  const slow: OpenContestant = {
    async run() {
      inFlight += 1;
      most = Math.max(most, inFlight);
      await new Promise((resolve) => setTimeout(resolve, 20));
      inFlight -= 1;
      return { value: 2, queuedMs: 1 };
    },
    close: async () => undefined,
  };
  const driven = await drive(slow, workloadOf('nothing'), { ...load, concurrency: 4, calls: 1_000, budgetMs: 100 });
  expect(most).toBe(4);
  expect(driven.timesMs.length).toBeGreaterThanOrEqual(4);
  expect(driven.timesMs.length).toBeLessThan(100);
});
