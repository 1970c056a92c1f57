import { shortenPodName } from '../../../src/format/shorten-pod-name.ts';

export interface ReplicaLook {
  readonly name: string;
  /** Without what all pods of a rollout have. */
  readonly short: string;
  /** Ways to write it in a bar, longest first. */
  readonly labels: readonly string[];
  readonly fill: string;
  readonly ink: string;
}

/** As the live page's chips (theme/colours.css): told apart with any colour vision. Names stand in bars and legend. */
const HUES = ['#56b4e9', '#e69f00', '#00a878', '#f0e442', '#0f6fb5', '#e0691a', '#d48bb4', '#8c2c60'] as const;
/** How far the second and third eight are mixed, and with what. */
const MIXES = [
  { with: 0, share: 0 },
  { with: 0, share: 0.42 },
  { with: 255, share: 0.5 },
] as const;
const DARK_INK = '#10161c';
const LIGHT_INK = '#ffffff';

/** Colour and words of each replica, by its name; the same name looks the same in both runs of a comparison. */
export function buildReplicaLooks(replicas: readonly string[]): ReadonlyMap<string, ReplicaLook> {
  const names = [...new Set(replicas)];
  return new Map(names.map((name, index) => [name, buildLook(name, index)]));
}

function buildLook(name: string, index: number): ReplicaLook {
  const hue = HUES[index % HUES.length] ?? HUES[0];
  const mix = MIXES[Math.floor(index / HUES.length) % MIXES.length] ?? MIXES[0];
  const rgb = [1, 3, 5].map((at) => {
    const value = Number.parseInt(hue.slice(at, at + 2), 16);
    return Math.round(value * (1 - mix.share) + mix.with * mix.share);
  });
  return {
    name,
    short: shortenPodName(name),
    labels: buildLabels(name),
    fill: `rgb(${rgb.join(' ')})`,
    ink: chooseInk(rgb),
  };
}

function buildLabels(name: string): readonly string[] {
  const short = shortenPodName(name);
  const last = /[^-]+$/.exec(name)?.[0] ?? name;
  return [...new Set([name, short, last])];
}

/** Whichever of the two has more contrast, by the luminance of WCAG. */
function chooseInk(rgb: readonly number[]): string {
  const [red = 0, green = 0, blue = 0] = rgb.map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.19 ? DARK_INK : LIGHT_INK;
}
