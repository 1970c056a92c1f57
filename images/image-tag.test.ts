import { describe, expect, it } from '@jest/globals';
import { buildImageTag, type ImageRecipe } from './image-tag.ts';

const recipe: ImageRecipe = {
  service: 'producer',
  files: new Map([
    ['main.js', Buffer.from('start()')],
    ['package.json', Buffer.from('{}')],
  ]),
  dockerfile: Buffer.from('FROM scratch'),
  nodeImage: 'node:24',
};

describe('buildImageTag', () => {
  it('names the service and twelve digits, the same ones for the same recipe', () => {
    expect(buildImageTag(recipe)).toMatch(/^localhost\/kafka-lab\/producer:[0-9a-f]{12}$/);
    expect(buildImageTag({ ...recipe, files: new Map(recipe.files) })).toBe(buildImageTag(recipe));
  });

  it.each([
    { what: 'a byte of a file', change: { files: new Map(recipe.files).set('main.js', Buffer.from('start();')) } },
    { what: 'the name of a file', change: { files: new Map([['main.mjs', Buffer.from('start()')]]) } },
    { what: 'the Dockerfile', change: { dockerfile: Buffer.from('FROM debian') } },
    { what: 'the base image', change: { nodeImage: 'node:26' } },
    { what: 'the platform', change: { platform: 'linux/arm64' } },
  ])('is another one when $what changes', ({ change }) => {
    expect(buildImageTag({ ...recipe, ...change })).not.toBe(buildImageTag(recipe));
  });
});
