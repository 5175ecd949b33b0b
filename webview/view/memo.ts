/** Draws a component again only when its props are not the same as before: by default, when one is another value. */
import { Component, type ComponentChild, type FunctionComponent, h } from 'preact';

export function memo<Props extends object>(
  draw: FunctionComponent<Props>,
  isSame: (before: Props, after: Props) => boolean = hasSameValues,
): FunctionComponent<Props> {
  class Memo extends Component<Props> {
    override shouldComponentUpdate(next: Props): boolean {
      return !isSame(this.props as Props, next);
    }
    override render(props: Props): ComponentChild {
      return h(draw, props);
    }
  }
  return Memo as unknown as FunctionComponent<Props>;
}

function hasSameValues(left: object, right: object): boolean {
  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length) return false;
  return keys.every((key) => Object.is(left[key as keyof typeof left], right[key as keyof typeof right]));
}
