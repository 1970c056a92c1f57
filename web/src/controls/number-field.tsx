import { useEffect, useRef } from 'preact/hooks';

interface NumberFieldProps {
  readonly label: string;
  readonly value: number;
  readonly max: number;
  readonly isBusy: boolean;
  readonly onCommit: (value: number) => void;
}

/**
 * A number that counts when it is finished: by Enter, or by going elsewhere. The field holds its text itself, because
 * every snapshot renders the page, and would overwrite what is being typed.
 */
export function NumberField({ label, value, max, isBusy, onCommit }: NumberFieldProps) {
  const ref = useRef<HTMLInputElement>(null);
  const show = (shown: number): void => {
    if (ref.current !== null) ref.current.value = String(shown);
  };
  useEffect(() => {
    if (document.activeElement !== ref.current) show(value);
  }, [value]);
  const commit = (): void => {
    const wanted = ref.current?.valueAsNumber ?? NaN;
    if (Number.isNaN(wanted)) return;
    const allowed = Math.min(max, Math.max(0, Math.round(wanted)));
    show(allowed);
    onCommit(allowed);
  };
  return (
    <input
      ref={ref}
      class="field"
      type="number"
      inputMode="numeric"
      aria-label={label}
      min={0}
      max={max}
      readOnly={isBusy}
      onChange={commit}
      onBlur={() => show(value)}
    />
  );
}
