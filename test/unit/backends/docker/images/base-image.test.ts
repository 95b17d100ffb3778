import { expect, test } from 'vitest';
import { sourcesFrom } from '../../../../../src/backends/docker/images/base-image.ts';

test('a host of another release provides its mirrors of Debian, and only those', () => {
  const lines = [
    'http://mirror.example/debian/ bookworm main Debian',
    'http://mirror.example/debian/ bookworm contrib Debian',
    'http://mirror.example/debian/ bookworm-updates main Debian',
    'http://mirror.example/debian/ bookworm-backports main Debian Backports',
    'http://mirror.example/security/ bookworm-security main Debian-Security',
    'http://other.example/docker/ bookworm main Docker CE',
  ];
  expect(sourcesFrom(lines)).toEqual([
    'deb http://mirror.example/debian/ trixie main',
    'deb http://mirror.example/debian/ trixie-updates main',
    'deb http://mirror.example/security/ trixie-security main',
  ]);
});

test.each([[[]], [['http://mirror.example/security/ bookworm-security main Debian-Security']]])(
  'without a mirror of the main part none is used: %j',
  (lines) => expect(sourcesFrom(lines)).toEqual([]),
);
