import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { Page } from '~/ui/Page';

import { ChangePasswordForm } from './ChangePassword';
import classes from './Frame.module.css';

export function ChangePasswordPage() {
  const { t } = useTranslation('account');
  const navigate = useNavigate();
  return (
    <Page title={t('change.title')}>
      <div className={classes.narrow}>
        <ChangePasswordForm onDone={() => void navigate({ to: '/' })} />
      </div>
    </Page>
  );
}

