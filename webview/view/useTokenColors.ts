/** The colours of the theme for code, as custom properties of the page. */
import { useLayoutEffect } from 'preact/hooks';
import { useModel } from './context.ts';

const NAME = /^--belay-token-[a-z-]{1,40}$/;
const VALUE = /^#[0-9a-fA-F]{3,8}$|^rgba?\([\d.,%\s/]{1,60}\)$/;

export function useTokenColors(): void {
  const colors = useModel((model) => model.host?.token_colors);
  useLayoutEffect(() => {
    const { style } = document.documentElement;
    const set = Object.entries(colors ?? {}).filter(([name, value]) => NAME.test(name) && VALUE.test(value));
    for (const [name, value] of set) style.setProperty(name, value);
    return () => {
      for (const [name] of set) style.removeProperty(name);
    };
  }, [colors]);
}
