/** A name that may break where a new word of it begins, so that a long one does not break within a word. */
export const Name = ({ children }: { children: string }) => (
  <span class="wrap">
    {children
      .split(/(?<=[a-z\d])(?=[A-Z])|(?<=[-_/.])/)
      .flatMap((word, at) => (at === 0 ? [word] : [<wbr key={at} />, word]))}
  </span>
)
