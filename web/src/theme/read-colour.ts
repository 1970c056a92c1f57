/**
 * A colour of the theme as it is now, for canvases, which no style sheet colours.
 *
 * @param name of the style sheet's variable
 */
export function readColour(name: string): string {
  // The variable itself may be both colours, of which an element's scheme chooses one.
  const probe = document.createElement('span');
  probe.style.color = `var(${name})`;
  document.documentElement.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
