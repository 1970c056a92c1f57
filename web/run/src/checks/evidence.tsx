/** The records behind a verdict, as they are. */
export function Evidence({ of, check }: { of: readonly unknown[]; check: string }) {
  return (
    <ol class="evidence" aria-label={`Evidence of ${check}`}>
      {of.map((piece, index) => (
        <li key={index}>
          <pre>{JSON.stringify(piece, null, 2)}</pre>
        </li>
      ))}
    </ol>
  );
}
