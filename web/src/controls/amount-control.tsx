import { Segments } from '../page/segments.tsx';
import { useRequest } from './controls-context.ts';
import { NumberField } from './number-field.tsx';
import type { ControlRequest } from './send-request.ts';

interface AmountControlProps {
  readonly name: string;
  readonly title: string;
  readonly unit: string;
  /** What holds now; null when nothing was told. */
  readonly value: number | null;
  readonly presets: readonly number[];
  readonly max: number;
  readonly buildRequest: (value: number) => ControlRequest;
}

/** An amount that is usually one of a few, and can be any. */
export function AmountControl({ name, title, unit, value, presets, max, buildRequest }: AmountControlProps) {
  const { isBusy, send } = useRequest();
  // What holds already may be told again: a load that a former server began is not known to this one.
  const select = (wanted: number): void => {
    if (!isBusy) void send(buildRequest(wanted));
  };
  const commit = (wanted: number): void => {
    if (wanted !== value) select(wanted);
  };
  const options = presets.filter((preset) => preset <= max).map((preset) => ({ value: preset, label: String(preset) }));
  return (
    <div class="control" data-control={name}>
      <h3 class="control-name">
        {title} <small>{unit}</small>
      </h3>
      <div class="control-row">
        <Segments label={`${title}, ${unit}`} options={options} value={value} isBusy={isBusy} onSelect={select} />
        <NumberField label={`${title}, ${unit}`} value={value ?? 0} max={max} isBusy={isBusy} onCommit={commit} />
      </div>
    </div>
  );
}
