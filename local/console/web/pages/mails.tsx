import { useEffect, useState } from 'preact/hooks'
import type { Mail } from '../../types.ts'
import { api } from '../lib/api.ts'
import { momentOf } from '../lib/format.ts'
import type { Live } from '../lib/live.ts'
import { useLoad } from '../lib/load.ts'
import { Code } from '../parts/code.tsx'
import { Page } from '../parts/shell.tsx'
import { Empty, Show } from '../parts/state.tsx'

/** What was sent by Amazon SES: nothing leaves this machine. */
export const MailsPage = ({ live }: { live: Live }) => {
  const mails = useLoad('mails', api.mails)
  const { reload } = mails
  useEffect(() => live.on('mail', reload), [live, reload])
  return (
    <Page title="Mailbox" lead="Mail that functions send by Amazon SES. Nothing leaves this machine.">
      <Show of={mails}>
        {(data) =>
          data.length === 0 ? (
            <Empty title="No mail was sent yet">What functions send appears here at once.</Empty>
          ) : (
            <ul class="stack">
              {data.map((mail) => (
                <li key={mail.id}>
                  <Message mail={mail} />
                </li>
              ))}
            </ul>
          )
        }
      </Show>
    </Page>
  )
}

/** A frame that may do nothing but open links; the page that opens is not held by the frame's rules. */
const LINKS = 'allow-popups allow-popups-to-escape-sandbox'

/**
 * One mail. Its HTML is a stranger's: it is shown in a frame that may run nothing and, as this page's policy counts
 * there too, loads nothing. Its links open in a tab of their own, as in any mail program.
 */
const Message = ({ mail: { subject, from, to, at, text, html, headers } }: { mail: Mail }) => {
  const [open, setOpen] = useState(false)
  return (
    <section class="card" aria-label={subject}>
      <div class="card-head">
        <h2 class="wrap">{subject || 'without a subject'}</h2>
        <span class="muted small">{momentOf(at)}</span>
      </div>
      <dl class="facts">
        <dt>From</dt>
        <dd>{from}</dd>
        <dt>To</dt>
        <dd>{to.join(', ')}</dd>
      </dl>
      {text !== undefined && html === undefined && <Code text={text} label={`Text of ${subject}`} />}
      {html !== undefined && (
        <iframe class="mail" sandbox={LINKS} srcdoc={`<base target="_blank">${html}`} title={`Mail: ${subject}`} />
      )}
      <div>
        <button type="button" class="button quiet small" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? 'Hide' : 'Show'} the whole mail<span class="hidden">: {subject}</span>
        </button>
      </div>
      {open && (
        <>
          <Code text={headers.map(([name, value]) => `${name}: ${value}`).join('\n')} label="Headers" />
          {text !== undefined && html !== undefined && <Code text={text} label={`Text of ${subject}`} />}
          {html !== undefined && <Code text={html} label={`HTML of ${subject}`} />}
        </>
      )}
    </section>
  )
}
