import { afterEach, expect, test, vi } from 'vitest';
import { parseAddress } from '../../../../../src/backends/docker/daemon/engine-address.ts';

afterEach(() => void vi.unstubAllEnvs());

test.each([
  ['unix:///var/run/docker.sock', { socketPath: '/var/run/docker.sock', host: undefined, protocol: 'http' }],
  ['npipe:////./pipe/docker_engine', { socketPath: '//./pipe/docker_engine', host: undefined, protocol: 'http' }],
  ['tcp://10.0.0.1', { host: '10.0.0.1', port: 2375, protocol: 'http' }],
  ['tcp://docker.example:2376', { host: 'docker.example', port: 2376, protocol: 'https' }],
  ['http://localhost:8080', { host: 'localhost', port: 8080, protocol: 'http' }],
  ['http://localhost', { host: 'localhost', port: 80, protocol: 'http' }],
  ['https://docker.example', { host: 'docker.example', port: 443, protocol: 'https' }],
])('reads %s', (address, connection) => {
  vi.stubEnv('DOCKER_TLS_VERIFY', undefined);
  expect(parseAddress(address)).toEqual(connection);
});

test('tcp uses TLS if DOCKER_TLS_VERIFY is set', () => {
  vi.stubEnv('DOCKER_TLS_VERIFY', '1');
  expect(parseAddress('tcp://10.0.0.1')).toEqual({ host: '10.0.0.1', port: 2376, protocol: 'https' });
});

test.each(['', 'docker', 'unix://', 'ssh://user@host', 'tcp://', '/var/run/docker.sock'])('refuses "%s"', (address) => {
  expect(() => parseAddress(address)).toThrow(
    expect.objectContaining({ code: 'BACKEND_UNAVAILABLE', message: expect.stringContaining(`"${address}"`) }),
  );
});
