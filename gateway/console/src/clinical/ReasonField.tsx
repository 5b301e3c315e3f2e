import { Textarea } from '@mantine/core';
import { useTranslation } from 'react-i18next';

interface Props {
  value: string;
  onChange: (value: string) => void;
  error?: string | undefined;
  label?: string;
}

/** Why: as long as the API takes it. */
export function ReasonField({ value, onChange, error, label }: Props) {
  const { t } = useTranslation('ui');
  return (
    <Textarea
      label={label ?? t('reason')}
      withAsterisk
      autosize
      minRows={2}
      maxLength={1000}
      value={value}
      error={error}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
