/** The head of a table whose rows say of both runs what stands in words. */
export function ComparedHead({ first }: { first: string }) {
  return (
    <thead>
      <tr>
        <th scope="col">{first}</th>
        <th scope="col" class="is-text">
          A
        </th>
        <th scope="col" class="is-text">
          B
        </th>
      </tr>
    </thead>
  );
}
