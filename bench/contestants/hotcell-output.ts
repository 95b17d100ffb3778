/** Delay between a guest's line of output and its event. */
import { LeftOut, type OpenContestant, type Surroundings } from '../contestant.ts';
import { importHotcell, optionsFor } from './hotcell.ts';

/** Lines of one job, 10 ms apart. The job's figure is the median of their delays. */
const linesOfAJob = 60;

/** Each line is the time in seconds at which it was written; this process uses the same clock. */
const programs: Readonly<Record<string, string>> = {
  javascript: `for (let n = 0; n < ${linesOfAJob}; n += 1) {
  await new Promise((resolve) => setTimeout(resolve, 10));
  console.log(Date.now() / 1000);
}
1 + 1`,
  python: `import time\nfor _ in range(${linesOfAJob}):\n    time.sleep(0.01)\n    print(time.time())\n1 + 1`,
  bash: `for i in {1..${linesOfAJob}}; do sleep 0.01; echo $EPOCHREALTIME; done; echo 2 >"$HOTCELL_VALUE"`,
};

/** Each job is one sample. */
export async function openOutput({ family, hotcell }: Surroundings): Promise<OpenContestant> {
  const { createEngine } = await importHotcell(hotcell);
  const engine = createEngine(optionsFor(family));
  const language = family as 'javascript' | 'python' | 'bash';
  return {
    async run() {
      const delaysMs: number[] = [];
      let rest = '';
      for await (const event of engine.stream({ language, code: programs[family] ?? '' })) {
        if (event.type === 'stdout') {
          const nowMs = performance.timeOrigin + performance.now();
          const whole = (rest + event.text).split('\n');
          rest = whole.pop() ?? '';
          delaysMs.push(...whole.map((line) => nowMs - Number(line) * 1_000));
        }
        if (event.type !== 'finished') continue;
        const { result } = event;
        if (result.status !== 'success') throw new Error(`${result.error?.code}: ${result.error?.message}`);
        if (delaysMs.length !== linesOfAJob) throw new Error(`${delaysMs.length} lines came, not ${linesOfAJob}`);
        return { value: result.value, elapsedMs: delaysMs.sort((a, b) => a - b)[linesOfAJob / 2] };
      }
      throw new LeftOut('this build has no events');
    },
    close: () => engine.close(),
  };
}
