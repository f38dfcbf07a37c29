/** How to begin: three sequences to change, people to bring in, or an empty page. */
import { Button } from '@mantine/core'
import { IconPencil, IconUpload } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { stagesLeftAlone, stagesQuery } from '../lib/contacts.ts'
import { createSequence } from '../lib/sequences.ts'
import { useGo } from '../lib/url.ts'
import { counted } from '../lib/words.ts'
import { useAct } from '../ui/act.tsx'
import { BLANK, STARTERS, type Starter } from './starter-texts.ts'
import classes from './starters.module.css'

/** Makes the sequence, off, and opens it. */
export function useBegin() {
  const queries = useQueryClient()
  const go = useGo()
  const { busy, run } = useAct()
  const begin = (starter: Starter, name = starter.name) =>
    run(async () => {
      const { contact_stages } = await queries.fetchQuery(stagesQuery)
      const { emailer_campaign } = await createSequence({
        name,
        emailer_steps: starter.steps,
        excluded_contact_stage_ids: stagesLeftAlone(contact_stages),
      })
      await queries.invalidateQueries({ queryKey: ['sequences'] })
      go(`/sequences/${emailer_campaign.id}`)
    })
  return { busy, begin }
}

export function Starters() {
  const { busy, begin } = useBegin()
  const go = useGo()
  return (
    <div data-testid="empty-state">
      <p className="sg-quiet" style={{ marginBottom: 12 }}>
        A sequence is a list of mails and the waits between them. It stops for everyone who answers. Begin
        with one of these and change the words, or write your own.
      </p>
      <div className={classes.grid}>
        {STARTERS.map((starter) => (
          <button
            type="button"
            key={starter.key}
            className={classes.card}
            disabled={busy}
            onClick={() => begin(starter)}
            data-testid={`starter-${starter.key}`}
          >
            <span className={classes.name}>{starter.name}</span>
            <span className="sg-quiet">{starter.words}</span>
            <span className={classes.steps}>{counted(starter.steps.length, 'step')}</span>
          </button>
        ))}
      </div>
      <div className={classes.actions}>
        <Button
          variant="default"
          leftSection={<IconPencil size={16} />}
          disabled={busy}
          onClick={() => begin(BLANK)}
          data-testid="starter-blank"
        >
          Write your own
        </Button>
        <Button variant="default" leftSection={<IconUpload size={16} />} onClick={() => go('/people/import')}>
          Import people first
        </Button>
      </div>
    </div>
  )
}
