import { AppError } from '../../lib/errors/app-error.ts';

/** What is said of draining and uncordoning here. @throws AppError `unsupported-by-platform` */
export function refuseNode(node: string): Promise<never> {
  const sentence = `node ${node} cannot be drained: everything of a local lab runs on this machine, and has no other to go to`;
  return Promise.reject(new AppError('unsupported-by-platform', sentence));
}
