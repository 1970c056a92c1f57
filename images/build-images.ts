/** Builds the images of the services, each unless the local Docker has just that one already. */
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { bundleService, type BundleFiles, type ServiceName } from './bundle-service.ts';
import { createDocker, type Docker } from './docker.ts';
import { buildImageTag } from './image-tag.ts';

export interface BuildImagesOptions {
  /** Image that all build on. @default node:24-bookworm-slim */
  readonly nodeImage?: string;
  /** As `docker build --platform` takes it. @default the engine's own */
  readonly platform?: string;
  /** Hears in a sentence what is done. @default nobody does */
  readonly report?: (sentence: string) => void;
  /** Makes what goes into an image. @default bundleService */
  readonly bundle?: (service: ServiceName) => Promise<{ readonly files: BundleFiles }>;
  /** @default the docker in PATH */
  readonly docker?: Docker;
  /** Where the build contexts are written, a folder for each service. @default dist/images */
  readonly output?: string;
}

const DOCKERFILE = path.join(import.meta.dirname, 'Dockerfile');
const OUTPUT = path.join(import.meta.dirname, '..', 'dist', 'images');
/** The Dockerfile's own default. */
const NODE_IMAGE = 'node:24-bookworm-slim';

/**
 * Bundles every service and builds its image. The answer names the images, by tags that are hashes of what is in them.
 *
 * @throws AppError 'missing-requirement' without Docker, 'process-failed' when docker cannot build
 */
export async function buildImages(options: BuildImagesOptions = {}): Promise<Record<ServiceName, string>> {
  const docker = options.docker ?? createDocker();
  await docker.requireEngine();
  // One after the other: esbuild and docker each use all cores by themselves.
  return {
    producer: await buildImage('producer', docker, options),
    consumer: await buildImage('consumer', docker, options),
    operator: await buildImage('operator', docker, options),
  };
}

/** Names the images that `buildImages` would build. Docker is not needed for it. */
export async function nameImages(options: BuildImagesOptions = {}): Promise<Record<ServiceName, string>> {
  return {
    producer: (await prepareImage('producer', options)).tag,
    consumer: (await prepareImage('consumer', options)).tag,
    operator: (await prepareImage('operator', options)).tag,
  };
}

async function buildImage(service: ServiceName, docker: Docker, options: BuildImagesOptions): Promise<string> {
  const { nodeImage = NODE_IMAGE, platform, report = () => undefined, output = OUTPUT } = options;
  const { tag, files } = await prepareImage(service, options);
  const context = path.join(output, service);
  await writeBundle(files, context);
  if (await docker.hasImage(tag)) {
    report(`${tag} is built already`);
    return tag;
  }
  report(`${tag} is being built on ${nodeImage}`);
  const buildArguments = { NODE_IMAGE: nodeImage, TITLE: `kafka-lab ${service}` };
  const forPlatform = platform === undefined ? {} : { platform };
  await docker.buildImage({ tag, context, dockerfile: DOCKERFILE, buildArguments, ...forPlatform });
  return tag;
}

async function prepareImage(
  service: ServiceName,
  { nodeImage = NODE_IMAGE, platform, bundle = bundleService }: BuildImagesOptions,
): Promise<{ readonly tag: string; readonly files: BundleFiles }> {
  const { files } = await bundle(service);
  const dockerfile = await readFile(DOCKERFILE);
  return {
    tag: buildImageTag({ service, files, dockerfile, nodeImage, ...(platform !== undefined && { platform }) }),
    files,
  };
}

/** Writes the files of an image to a folder, which has nothing else in it afterwards. */
export async function writeBundle(files: BundleFiles, folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  // In the image all of it belongs to root, and another user reads it, whatever the umask is here.
  for (const name of new Set([...files.keys()].flatMap(listFolders))) {
    await mkdir(path.join(folder, name), { recursive: true });
    await chmod(path.join(folder, name), 0o755);
  }
  for (const [name, content] of files) {
    await writeFile(path.join(folder, name), content);
    await chmod(path.join(folder, name), 0o644);
  }
}

/** The folders that a file is in, outermost first. */
function listFolders(file: string): string[] {
  const folder = path.dirname(file);
  return folder === '.' ? ['.'] : [...listFolders(folder), folder];
}
