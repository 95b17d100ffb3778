/**
 * Lower bound for a warm container: one that waits at its attached input, with a warm interpreter and all calls in one
 * process.
 */
import { Writable } from 'node:stream';
import { type Answer, LeftOut, type OpenContestant, type Surroundings } from '../contestant.ts';
import type { Workload } from '../workloads.ts';
import { attach, connect, imageFor, interactive } from './docker.ts';
import { answerOf } from './programs.ts';

const server = `
import sys, json
for line in sys.stdin:
    job = json.loads(line)
    names = {}
    exec(job["code"], names)
    answer = names["job"](job["inputs"])
    if job["answers"]:
        print(json.dumps(answer))
    sys.stdout.flush()
`;

/** Writes a job to the attached input and reads until its answer is complete. One call at a time. */
export async function openDockerAttach(surroundings: Surroundings): Promise<OpenContestant> {
  const docker = await connect();
  const container = await docker.createContainer({
    ...interactive,
    Image: imageFor(surroundings),
    Entrypoint: ['python3', '-c', server],
    HostConfig: { NetworkMode: 'none', AutoRemove: true },
  });
  const stream = await attach(container);
  let hear: (chunk: Buffer) => void = () => undefined;
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      hear(chunk);
      done();
    },
  });
  docker.modem.demuxStream(stream, sink, sink);
  await container.start();

  const call = (workload: Workload): Promise<Answer> => {
    const { promise, resolve } = Promise.withResolvers<Answer>();
    const { outputBytes } = workload.expected;
    const chunks: Buffer[] = [];
    let length = 0;
    hear = (chunk) => {
      chunks.push(chunk);
      length += chunk.length;
      const whole = outputBytes === undefined ? chunk.at(-1) === 10 : length >= outputBytes;
      if (whole) resolve(answerOf(workload, Buffer.concat(chunks)));
    };
    const job = { code: workload.python, inputs: workload.inputs, answers: outputBytes === undefined };
    stream.write(`${JSON.stringify(job)}\n`);
    return promise;
  };
  let last: Promise<unknown> = Promise.resolve();
  return {
    run(workload) {
      if (Object.keys(workload.files).length > 0) return Promise.reject(new LeftOut('it cannot take or return files'));
      const answer = last.then(() => call(workload));
      last = answer.catch(() => undefined);
      return answer;
    },
    async close() {
      stream.end();
      await container.wait({ condition: 'removed' }).catch(() => undefined);
    },
  };
}
