import { createHash } from 'node:crypto';
import type { BundleFiles, ServiceName } from './bundle-service.ts';

/** Everything that decides what is in an image. */
export interface ImageRecipe {
  readonly service: ServiceName;
  readonly files: BundleFiles;
  readonly dockerfile: Uint8Array;
  /** Name of the image that it builds on. */
  readonly nodeImage: string;
  /** As `docker build --platform` takes it. @default the engine's own */
  readonly platform?: string;
}

const HASH_CHARACTERS = 12;

/** A tag that never moves: another recipe has another one. A node that lacks it asks no registry for it. */
export function buildImageTag({ service, files, dockerfile, nodeImage, platform = '' }: ImageRecipe): string {
  const contents = [...files].map(([path, content]) => [path, hash(content)]);
  const recipe = JSON.stringify([nodeImage, platform, hash(dockerfile), contents]);
  return `localhost/kafka-lab/${service}:${hash(recipe).slice(0, HASH_CHARACTERS)}`;
}

function hash(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
