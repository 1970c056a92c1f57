import type { Explanation } from '../../../lib/contracts/lab-snapshot.ts';
import { Icon } from './icon.tsx';
import { Sentence } from './sentence.tsx';

const WORDS = { good: 'Good', note: 'Note', warning: 'Warning' } as const;

/** The state of the group in sentences, the most important one large. */
export function Explanations({ explanations }: { explanations: readonly Explanation[] }) {
  if (explanations.length === 0) return null;
  return (
    <section class="explanations" aria-label="What is going on">
      <ul>
        {explanations.map(({ rule, tone, sentence }) => (
          <li key={`${rule} ${sentence}`} class={`explanation tone-${tone}`} data-rule={rule} data-tone={tone}>
            <span class="tone">
              <Icon name={tone} />
              {WORDS[tone]}
            </span>
            <span class="sentence">
              <Sentence text={sentence} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
