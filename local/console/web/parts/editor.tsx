import { useId, useRef } from 'preact/hooks'
import { jsonFault, pretty } from '../lib/json.ts'

/** A text that must be JSON. Says which line is wrong, and goes there. */
export const JsonEditor = (props: {
  label: string
  value: string
  onChange: (value: string) => void
  rows?: number
}) => {
  const { label, value, onChange } = props
  const id = useId()
  const area = useRef<HTMLTextAreaElement>(null)
  const fault = jsonFault(value)
  const show = () => {
    if (!fault || !area.current) return
    const lines = value.split('\n')
    const start = lines.slice(0, fault.line - 1).join('\n').length + (fault.line > 1 ? 1 : 0)
    area.current.focus()
    area.current.setSelectionRange(start, start + (lines[fault.line - 1]?.length ?? 0))
  }
  const lines = Math.min(Math.max(value.split('\n').length + 1, props.rows ?? 6), 22)
  return (
    <div class="stack">
      <label class="field">
        <span>{label}</span>
        <textarea
          ref={area}
          rows={lines}
          value={value}
          spellcheck={false}
          autocomplete="off"
          autocapitalize="off"
          aria-invalid={fault ? 'true' : undefined}
          aria-describedby={fault ? id : undefined}
          onInput={({ currentTarget }) => onChange(currentTarget.value)}
        />
      </label>
      <div class="row" id={id} role="status">
        {fault ? (
          <p class="note bad small">
            Line {fault.line}, column {fault.column}: {fault.message}{' '}
            <button type="button" class="inline" onClick={show}>
              Go there
            </button>
          </p>
        ) : (
          <button type="button" class="button quiet small" onClick={() => onChange(pretty(value))}>
            Format
          </button>
        )}
      </div>
    </div>
  )
}
