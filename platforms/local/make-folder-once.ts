import { access, rename, rm } from 'node:fs/promises';

/**
 * Makes a folder that is kept between runs, unless it is there. It is made beside and renamed when complete: what is
 * interrupted leaves nothing that looks whole. Of two that make it at the same time one is kept.
 *
 * @param make fills the folder, which does not exist yet, at the path that it is given
 * @throws whatever `make` throws
 */
export async function makeFolderOnce(dir: string, make: (partial: string) => Promise<unknown>): Promise<void> {
  if (await exists(dir)) return;
  const partial = `${dir}.${String(process.pid)}.partial`;
  try {
    await make(partial);
    await rename(partial, dir).catch(async (error: unknown) => {
      if (!(await exists(dir))) throw error;
    });
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
