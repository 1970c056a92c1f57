/** A name whose last part, which tells pods apart, stands out. */
export function PodName({ name }: { name: string }) {
  const cut = name.lastIndexOf('-') + 1;
  return (
    <>
      <span class="name-stem">{name.slice(0, cut)}</span>
      <span>{name.slice(cut)}</span>
    </>
  );
}
