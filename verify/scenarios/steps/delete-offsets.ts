import type { StepKind } from './step-kind.ts';

/** The group forgets what it has committed; it must have no member. */
export interface DeleteOffsetsStep {
  readonly kind: 'delete-offsets';
}

export const deleteOffsets: StepKind<DeleteOffsetsStep> = {
  kind: 'delete-offsets',
  docs: {
    written: '`delete-offsets`',
    does: 'the group, which must have no member, forgets what it has committed, as one that never was',
  },
  isChange: false,
  parse: (value, path, { complain }) =>
    value === undefined ? { kind: 'delete-offsets' } : complain(path, value, 'nothing: it is about all partitions'),
  prepare: (_step, stage) => ({ text: "delete the group's offsets", act: stage.deleteOffsets }),
};
