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

export const hex = (value: number, digits: number): string => value.toString(16).toUpperCase().padStart(digits, '0');
