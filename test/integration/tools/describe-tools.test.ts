import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeTools, type HostFunctions, HotcellError, runSandboxed } from 'hotcell';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';

const tools: HostFunctions = {
  search: {
    description: 'Finds things.\nIn the catalogue.',
    input: z.object({
      q: z.string().describe('Words'),
      limit: z.number().int().default(10),
      kind: z.enum(['a', 'b']).optional(),
      near: z.object({ lat: z.number(), lon: z.number().nullable() }).optional(),
    }),
    output: z.array(z.object({ id: z.number(), tags: z.array(z.string()).optional() })),
    run: () => [],
  },
  'a-b': {
    description: 'Says "*/" and """.',
    input: z.object({}),
    output: z.record(z.string(), z.boolean()),
    run: () => ({}),
  },
  odd: {
    description: 'Has odd inputs \\.',
    input: z.object({ class: z.tuple([z.string(), z.date()]), when: z.string().transform((text) => new Date(text)) }),
    run: () => 1,
  },
  free: { description: 'Takes anything.', input: z.any(), run: () => 1 },
};

describe('describeTools', () => {
  test('TypeScript', () => {
    expect(describeTools(tools, 'typescript')).toBe(`declare const tools: {
  /**
   * Finds things.
   * In the catalogue.
   */
  search(input: {
    /** Words */
    q: string;
    /** Default 10. */
    limit?: number;
    kind?: "a" | "b";
    near?: {
      lat: number;
      lon: number | null;
    };
  }): Promise<{
    id: number;
    tags?: string[];
  }[]>;
  /** Says "* /" and """. */
  "a-b"(input?: Record<string, unknown>): Promise<Record<string, boolean>>;
  /** Has odd inputs \\. */
  odd(input: {
    class: [string, unknown];
    when: string;
  }): Promise<unknown>;
  /** Takes anything. */
  free(input: unknown): Promise<unknown>;
};
/** Thrown when a call fails. */
declare class ToolError extends Error {
  readonly tool: string;
  readonly code: string;
}
`);
  });

  test('Python', () => {
    expect(describeTools(tools, 'python')).toBe(`from typing import Any, Literal, NotRequired, TypedDict

class SearchAnswerItem(TypedDict):
    id: float
    tags: NotRequired[list[str]]

class SearchNear(TypedDict):
    lat: float
    lon: float | None

class tools:
    # "await tools.aio.NAME(...)" does the same in asyncio.

    @staticmethod
    def search(*, q: str, limit: int = 10, kind: Literal["a", "b"] = ..., near: SearchNear = ...) -> list[SearchAnswerItem]:
        """Finds things.
        In the catalogue.
        q: Words
        """

    # Called as tools["a-b"](...)
    @staticmethod
    def a_b() -> dict[str, bool]:
        """Says \\"*/\\" and \\"\\"\\"."""

    @staticmethod
    def odd(input: dict[str, Any], /) -> Any:
        """Has odd inputs \\\\."""

    @staticmethod
    def free(input: Any, /) -> Any:
        """Takes anything."""

class ToolError(Exception):
    """Raised when a call fails."""

    tool: str
    code: str
    message: str
`);
  });

  test('JSON is the schemas themselves', () => {
    const [search, , odd] = JSON.parse(describeTools(tools, 'json'));
    expect(search).toMatchObject({
      name: 'search',
      inputSchema: { type: 'object', required: ['q'], properties: { limit: { default: 10, type: 'integer' } } },
      outputSchema: { type: 'array', items: { required: ['id'] } },
    });
    expect(odd).not.toHaveProperty('outputSchema');
  });

  test('what it writes is code of its language', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'hotcell-describe-'));
    const typescript = join(folder.path, 'tools.ts');
    writeFileSync(typescript, `${describeTools(tools, 'typescript')}export const used = typeof tools;\n`);
    execFileSync('tsc', ['--ignoreConfig', '--noEmit', '--strict', '--target', 'es2024', '--skipLibCheck', typescript]);
    const python = describeTools(tools, 'python');
    const code = 'import ast\nast.parse(inputs)\nNone';
    expect((await runSandboxed({ language: 'python', code, inputs: python })).error).toBeUndefined();
  });

  test('another format is refused', () => {
    expect(() => describeTools(tools, 'xml' as 'json')).toThrow(HotcellError);
  });
});
