import { callCallerFunction, readCallerValue } from './caller-values.ts';

/** What hotcell tells about itself. It prints nothing on its own: hand in an object of this shape (pino has it) to hear it. */
export interface Logger {
  debug(fields: Readonly<Record<string, unknown>>, message: string): void;
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
}

const levels = ['debug', 'info', 'warn', 'error'] as const;

/**
 * A caller's logger, as the engine uses it: one that throws or rejects loses what it was told, and nothing else.
 * @throws {CallerError} if it cannot be read, {TypeError} if it lacks a method
 */
export function guardLogger(logger: Logger): Logger {
  const isSound = readCallerValue(() => levels.every((level) => typeof logger[level] === 'function'));
  if (!isSound) throw new TypeError('logger must have the methods debug, info, warn and error');
  const say =
    (level: (typeof levels)[number]): Logger['info'] =>
    (fields, message) =>
      void callCallerFunction(() => logger[level](fields, message));
  return { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') };
}
