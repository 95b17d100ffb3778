import { describe, expect, test } from 'vitest';
import type { BackendName, Language } from '../../../../src/contract/api/request.ts';
import type { Backend } from '../../../../src/contract/spi/backend.ts';
import { checkRouting, routeAround, routeJob } from '../../../../src/dispatch/request/route.ts';

function backend(name: BackendName, languages: readonly Language[], isAvailable: boolean = true): Backend {
  return { name, languages, isAvailable: () => Promise.resolve(isAvailable) } as unknown as Backend;
}
const isolate = backend('isolate', ['javascript', 'typescript']);
const wasm = backend('wasm', ['python', 'bash']);
const { signal } = new AbortController();
const job = (language: Language, forced?: BackendName) => ({ language, backend: forced });

describe('routes', () => {
  const backends = [isolate, backend('docker', ['python', 'bash'], true), wasm];

  test('a request’s backend wins over a route, and a route over the order', () => {
    expect(routeJob(job('python'), backends, {}).name).toBe('docker');
    expect(routeJob(job('python'), backends, { python: 'wasm' }).name).toBe('wasm');
    expect(routeJob(job('bash'), backends, { python: 'wasm' }).name).toBe('docker');
    expect(routeJob(job('python', 'docker'), backends, { python: 'wasm' }).name).toBe('docker');
  });

  test('a route to an unknown or unsuitable backend is refused at once', () => {
    const routing = (routes: object, fallback?: BackendName) => () => checkRouting({ routes, fallback }, backends);
    expect(routing({ python: 'isolate' })).toThrow('routes.python is "isolate"');
    expect(routing({ javascript: 'nowhere' })).toThrow('routes.javascript is "nowhere"');
    expect(() => checkRouting({ routes: {}, fallback: 'wasm' }, [isolate])).toThrow('fallback is "wasm"');
    expect(routing({ python: 'wasm', javascript: undefined }, 'wasm')).not.toThrow();
  });
});

describe('the fallback', () => {
  const present = [isolate, backend('docker', ['python', 'bash'], true), wasm];
  const absent = [isolate, backend('docker', ['python', 'bash'], false), wasm];
  const routing = { routes: {}, fallback: 'wasm' } as const;

  test('takes over only if Docker does not answer', async () => {
    expect((await routeAround(job('python'), absent, routing, signal)).name).toBe('wasm');
    expect((await routeAround(job('python'), present, routing, signal)).name).toBe('docker');
    expect((await routeAround(job('javascript'), absent, routing, signal)).name).toBe('isolate');
  });

  test('never for a request that names its backend, and never unasked', async () => {
    expect((await routeAround(job('python', 'docker'), absent, routing, signal)).name).toBe('docker');
    expect((await routeAround(job('python'), absent, { routes: {}, fallback: undefined }, signal)).name).toBe('docker');
  });
});
