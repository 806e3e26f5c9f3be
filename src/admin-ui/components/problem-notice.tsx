import type { ReactNode } from 'react';
import { Button } from '@mantine/core';
import type { ApiProblem } from '../api/problem.js';
import type { Messages } from '../messages/en.js';
import { useMessages } from '../messages/messages.js';
import { Notice } from './tone.js';

/** What to tell a person about a problem: the API's own sentence where it gave one. */
export function problemText(problem: ApiProblem, messages: Messages): string {
  if (problem.code === 'network.unreachable') return messages.common.unreachable;
  return problem.detail ?? messages.common.unexpectedAnswer(problem.status);
}

/** A refused or failed call, with its code and, where it helps, a button to try again. */
export function ProblemNotice(props: {
  problem: ApiProblem;
  title?: string;
  onRetry?: () => void;
}): ReactNode {
  const messages = useMessages();
  const { problem } = props;
  return (
    <Notice tone="bad" role="alert" title={props.title ?? messages.common.loadFailed}>
      <p>{problemText(problem, messages)}</p>
      {problem.errors.map((entry) => (
        <p key={`${entry.pointer} ${entry.detail}`}>
          <code>{entry.pointer}</code> {entry.detail}
        </p>
      ))}
      <p>
        {messages.common.problemCode} <code>{problem.code}</code>
        {problem.instance === null ? null : (
          <>
            {' · '}
            {messages.common.requestId} <code>{problem.instance}</code>
          </>
        )}
      </p>
      {props.onRetry === undefined ? null : (
        <Button mt="xs" size="xs" variant="default" onClick={props.onRetry}>
          {messages.common.retry}
        </Button>
      )}
    </Notice>
  );
}
