import { beforeAll, describe, expect, it } from 'vitest';
import {
  buildRunnerImages,
  type CellJob,
  type CellOutcome,
  onGvisor,
  type RunnerImages,
  runInCell,
} from '../../support/runner-driver.ts';

let images: RunnerImages;
beforeAll(async () => {
  images = await buildRunnerImages();
});

const run = (code: string, rest: Partial<CellJob> = {}): Promise<CellOutcome> =>
  runInCell(images, { language: 'bash', code, ...rest });

/** [the code, kind of the value, its text] */
const values: [code: string, kind: 'json' | 'repr' | 'none', text?: string][] = [
  ['cp $HOTCELL_INPUTS $HOTCELL_VALUE', 'json', '{"n":42}'],
  ["echo '[1, 2]' > $HOTCELL_VALUE", 'json', '[1, 2]'],
  ['echo plain > $HOTCELL_VALUE', 'repr', 'plain'],
  ['echo NaN > $HOTCELL_VALUE', 'repr', 'NaN'],
  ['printf "\\xff\\xfe" > $HOTCELL_VALUE', 'repr', '\ufffd\ufffd'],
  ['for i in {1..5000}; do printf "["; done > $HOTCELL_VALUE', 'repr', '['.repeat(5000)],
  ['printf "[%s1]" "$(printf "1,%.0s" {1..50000})" > $HOTCELL_VALUE', 'json', `[${'1,'.repeat(50_000)}1]`],
  ['printf "[%s" "$(printf "[],%.0s" {1..50000})" > $HOTCELL_VALUE', 'repr', `[${'[],'.repeat(50_000)}`],
  [':> $HOTCELL_VALUE', 'none'],
  [':', 'none'],
  ['ln -s /etc/passwd $HOTCELL_VALUE', 'none'],
  ['mkfifo $HOTCELL_VALUE', 'none'],
  ['mkdir $HOTCELL_VALUE', 'none'],
  ['rm -r .hotcell; ln -s /etc .hotcell; : /etc/value.json', 'none'],
  ['echo 1 > $HOTCELL_VALUE; chmod 0 $HOTCELL_VALUE', 'none'],
];

describe('the value of a Bash script', () => {
  it.concurrent.each(values)('%s is %s', async (code, kind, text) => {
    const { verdict, value } = await run(code, { inputs: { n: 42 } });
    expect(verdict).toMatchObject({ end: 'completed', value: kind });
    expect(value).toBe(text);
  });
});

describe('a Bash script', () => {
  it.concurrent('is main.sh to itself and in messages', async () => {
    const { stdout, stderr } = await run(
      'echo "$0 ${BASH_SOURCE[0]} $(dirname "$0") $PWD"\n\nnosuchcommand\n[[ ${BASH_SOURCE[0]} == "$0" ]] && echo main\nfi',
    );
    expect(stdout).toBe('main.sh main.sh . /workspace\nmain\n');
    expect(stderr).toBe(
      'main.sh: line 3: nosuchcommand: command not found\n' +
        "main.sh: line 5: syntax error near unexpected token `fi'\nmain.sh: line 5: `fi'\n",
    );
  });

  it.concurrent('lives with a file of the same name, and is no artifact', async () => {
    const { stdout, artifacts } = await run('source main.sh', { files: { 'main.sh': 'echo theirs' }, collect: ['**'] });
    expect([stdout, artifacts]).toEqual(['theirs\n', { 'main.sh': 'echo theirs' }]);
    expect((await run('echo > x', { collect: ['**'] })).artifacts).toEqual({ x: '\n' });
  });

  it.concurrent('has pipelines, stdin, the usual devices, and may be long', async () => {
    const { stdout, stderr, verdict } = await run(
      `yes | head -n 1; echo "\${PIPESTATUS[*]}"; sort; echo err > /dev/stderr; echo out > /dev/stdout
cat <(echo sub); echo t > /tmp/t; cat ${onGvisor ? '/tmp' : '/workspace/.tmp'}/t; mktemp -u
${'# a comment\n'.repeat(60_000)}echo end`,
      { stdin: 'b\na\n' },
    );
    expect(stdout.replace(/tmp\.\w+/, 'tmp')).toBe('y\n141 0\na\nb\nout\nsub\nt\n/tmp/tmp\nend\n');
    expect([stderr, verdict.end]).toEqual(['err\n', 'completed']);
  });

  it.concurrent('as a handler reads inputs and writes its answer', async () => {
    const json = await run('read -r line; echo "{\\"got\\": $line}"', {
      mode: 'handler',
      inputs: [1],
      stdin: 'not this',
    });
    expect([json.verdict.end, json.verdict.value, json.value]).toEqual(['completed', 'json', '{"got": [1]}']);
    expect(json.stdout).toBe('{"got": [1]}\n');
    const large = await run('wc -c', { mode: 'handler', inputs: 'x'.repeat(3_000_000) });
    expect(large.value).toBe('3000002');
    const text = await run('echo some text', { mode: 'handler' });
    expect([text.verdict.value, text.value]).toEqual(['repr', 'some text']);
    const failed = await run('echo 1; exit 2', { mode: 'handler' });
    expect(failed.verdict).toMatchObject({ end: 'exited', exitCode: 2, value: 'none' });
  });
});
