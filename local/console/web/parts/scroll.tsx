import type { ComponentChildren } from 'preact'

/** What may be wider than the page scrolls in a box of its own, by the keyboard too. */
export const Scroll = ({ label, children }: { label: string; children: ComponentChildren }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reached by the keyboard
  <section class="scroll" tabIndex={0} aria-label={label}>
    {children}
  </section>
)
