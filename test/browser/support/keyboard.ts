import type { Page } from 'playwright-core';

/** More stops than any of our pages has. */
const MOST_STOPS = 80;

/** Somebody who has a keyboard and nothing else: moves with Tab, and knows where they are by what is announced. */
export class KeyboardPerson {
  constructor(private readonly page: Page) {}

  /** Notes every event of a mouse, a finger or a pen. To be called before anything is done with the page. */
  async watchPointer(): Promise<void> {
    await this.page.evaluate(() => {
      const pointers: string[] = [];
      (window as unknown as { pointers: string[] }).pointers = pointers;
      for (const name of ['pointerdown', 'mousedown', 'touchstart', 'wheel']) {
        window.addEventListener(name, () => pointers.push(name), { capture: true, passive: true });
      }
    });
  }

  pointerEvents(): Promise<string[]> {
    return this.page.evaluate(() => (window as unknown as { pointers: string[] }).pointers);
  }

  /** Role and accessible name of what has the focus, such as `button "Sign in"`. */
  async focused(): Promise<string> {
    const element = this.page.locator(':focus');
    // It would be waited for, and at the start of a page nothing has the focus.
    if ((await element.count()) === 0) return 'nothing';
    const snapshot = await element.ariaSnapshot();
    return (snapshot.split('\n')[0] ?? '').replace(/^- /, '').replace(/:$/, '');
  }

  /** Goes on with Tab until the focus is on this; fails when it never comes there. */
  async tabTo(wanted: string): Promise<void> {
    const seen: string[] = [];
    for (let stop = 0; stop < MOST_STOPS; stop += 1) {
      const here = await this.focused();
      if (here.startsWith(wanted)) return;
      seen.push(here);
      await this.page.keyboard.press('Tab');
    }
    throw new Error(`Tab never came to ${wanted}; it came to:\n${[...new Set(seen)].join('\n')}`);
  }

  /** Goes to it and presses Enter. */
  async choose(wanted: string): Promise<void> {
    await this.tabTo(wanted);
    await this.page.keyboard.press('Enter');
  }

  async type(field: string, text: string): Promise<void> {
    await this.tabTo(field);
    await this.page.keyboard.type(text);
  }

  /** Signs in with a token at the page as it was opened. */
  async signIn(token: string): Promise<void> {
    await this.page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
    await this.watchPointer();
    await this.type('textbox "API token"', token);
    await this.page.keyboard.press('Enter');
    await this.page.getByRole('button', { name: 'Sign out' }).waitFor();
  }
}
