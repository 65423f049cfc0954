/** An element with properties and children, in one line. */
export function make<K extends keyof HTMLElementTagNameMap>(
  name: K,
  properties: Partial<HTMLElementTagNameMap[K]> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

export const find = <T extends Element = HTMLElement>(selector: string): T => document.querySelector(selector) as T;

/** Text where it is another than before: what is not touched is not laid out anew. */
export function say(where: string | Element, text: string): void {
  const element = typeof where === 'string' ? find(where) : where;
  if (element.textContent !== text) element.textContent = text;
}

export const hex = (value: number, digits: number): string => value.toString(16).toUpperCase().padStart(digits, '0');

const THREE_FIGURES = new Intl.NumberFormat('en', { minimumSignificantDigits: 3, maximumSignificantDigits: 3 });
/** `×1,230`, `×1.70`. */
export const times = (value: number): string => `×${THREE_FIGURES.format(value)}`;
