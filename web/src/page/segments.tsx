interface SegmentsProps<Value extends string | number> {
  readonly label: string;
  readonly options: readonly { readonly value: Value; readonly label: string }[];
  /** The option that holds now; null when none of them does. */
  readonly value: Value | null;
  readonly isBusy?: boolean;
  readonly onSelect: (value: Value) => void;
}

/** A few choices of which one holds. */
export function Segments<Value extends string | number>(props: SegmentsProps<Value>) {
  const { label, options, value, isBusy = false, onSelect } = props;
  return (
    <div class="segments" role="group" aria-label={label}>
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          class="segment"
          aria-pressed={option.value === value}
          aria-disabled={isBusy}
          onClick={() => isBusy || onSelect(option.value)}
        >
          {option.label}
        </button>
      ))}
    </div>
  );
}
