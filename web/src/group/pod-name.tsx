import { splitName } from '../format/split-name.ts';

/** A name whose last part, which tells pods apart, stands out. */
export function PodName({ name }: { name: string }) {
  const [start, end] = splitName(name);
  return (
    <>
      <bdi class="name-stem">{start}</bdi>
      <bdi class="name-end">{end}</bdi>
    </>
  );
}
