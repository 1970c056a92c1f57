/*
 * Builds the images of the services in the local Docker:
 *   node images/main.ts [--platform linux/arm64] [--node-image NAME] [--only-names]
 * Standard output gets their names, one a line, as "producer=NAME"; what is done on the way goes to standard error. With
 * --only-names nothing is built, and Docker is not needed. Exit code 2: the arguments are wrong.
 */
import { parseArgs } from 'node:util';
import { AppError, messageOf } from '../lib/errors/app-error.ts';
import { buildImages, nameImages, type BuildImagesOptions } from './build-images.ts';

const EXIT_USAGE = 2;

try {
  const { onlyNames, ...options } = readArguments(process.argv.slice(2));
  const report = (sentence: string) => void process.stderr.write(`${sentence}\n`);
  const images = await (onlyNames ? nameImages(options) : buildImages({ ...options, report }));
  for (const [service, image] of Object.entries(images)) process.stdout.write(`${service}=${image}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof AppError ? error.message : describeCrash(error)}\n`);
  process.exitCode = error instanceof AppError && error.code === 'invalid-configuration' ? EXIT_USAGE : 1;
}

interface Arguments extends Pick<BuildImagesOptions, 'platform' | 'nodeImage'> {
  readonly onlyNames: boolean;
}

function readArguments(args: string[]): Arguments {
  try {
    const { values } = parseArgs({
      args,
      options: {
        platform: { type: 'string' },
        'node-image': { type: 'string' },
        'only-names': { type: 'boolean', default: false },
      },
    });
    const { platform, 'node-image': nodeImage, 'only-names': onlyNames } = values;
    return { onlyNames, ...(platform !== undefined && { platform }), ...(nodeImage !== undefined && { nodeImage }) };
  } catch (error) {
    throw new AppError('invalid-configuration', messageOf(error), { cause: error });
  }
}

function describeCrash(error: unknown): string {
  return (error instanceof Error && error.stack) || messageOf(error);
}
