import type { ComponentChildren } from 'preact';

interface WideTableProps {
  readonly title: string;
  readonly id: string;
  /** @default nothing beside the title */
  readonly sum?: string;
  readonly children: ComponentChildren;
}

/** A panel with a table that scrolls by itself where the screen is narrower than it. */
export function WideTable({ title, id, sum, children }: WideTableProps) {
  return (
    <section class="panel" aria-labelledby={id}>
      <div class="section-head">
        <h2 id={id}>{title}</h2>
        {sum !== undefined && <p class="section-sum">{sum}</p>}
      </div>
      <div class="table-scroll" role="region" tabIndex={0} aria-labelledby={id}>
        <table aria-labelledby={id}>{children}</table>
      </div>
    </section>
  );
}
