/** A name whose last part, which tells pods apart, stands out. */
export function PodName({ name }: { name: string }) {
  const cut = name.lastIndexOf('-') + 1;
  return (
    <>
      <bdi class="name-stem">{name.slice(0, cut)}</bdi>
      <bdi class="name-end">{name.slice(cut)}</bdi>
    </>
  );
}
