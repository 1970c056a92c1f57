import { Segments } from '../page/segments.tsx';
import { THEME_CHOICES, type ThemeChoice } from './theme-choice.ts';

interface ThemeSegmentsProps {
  readonly choice: ThemeChoice;
  readonly onChoose: (choice: ThemeChoice) => void;
}

/** The choice of the theme. */
export function ThemeSegments({ choice, onChoose }: ThemeSegmentsProps) {
  return (
    <Segments
      label="Theme"
      options={THEME_CHOICES.map((one) => ({ value: one, label: one }))}
      value={choice}
      onSelect={onChoose}
    />
  );
}
