// The panels of a test file: opened in one browser, closed after each test, which fails when one of them broke a rule.

import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { createPanelLab, type PanelLab } from '../../support/panelHarness/panelLab.ts';
import type { PanelPage } from '../../support/panelHarness/panelPage.ts';

/** To be called once in a file, outside of its tests. Returns how to open a panel. */
export function setUpPanels(): PanelLab['open'] {
  let lab: PanelLab;
  const opened: PanelPage[] = [];
  beforeAll(async () => {
    lab = await createPanelLab();
  });
  afterEach(async () => {
    for (const panel of opened.splice(0)) {
      expect(await panel.violations()).toEqual([]);
      expect(panel.host.problems).toEqual([]);
      await panel.close();
    }
  });
  afterAll(() => lab.close());
  return async (options) => {
    const panel = await lab.open(options);
    opened.push(panel);
    return panel;
  };
}
