/** How much of something is used, as a bar; the numbers stand beside it as text. */
export const Bar = ({ used, of }: { used: number; of: number }) => {
  const share = of > 0 ? Math.min(used / of, 1) : 0
  return (
    <svg class={`bar${share > 0.9 ? ' high' : ''}`} aria-hidden="true">
      <rect width="100%" height="100%" rx="4" />
      <rect width={`${(share * 100).toFixed(1)}%`} height="100%" rx="4" />
    </svg>
  )
}
