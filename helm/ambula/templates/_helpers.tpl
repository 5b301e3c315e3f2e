{{/* Names, labels, and what all pods have in common. Most take (dict "root" $ "name" "queue"). */}}

{{- define "ambula.processes" -}}
gateway patient scheduling queue consultation pharmacy notification
{{- end }}

{{- define "ambula.fullname" -}}
{{- $base := ternary .root.Release.Name (printf "%s-ambula" .root.Release.Name) (contains "ambula" .root.Release.Name) -}}
{{- printf "%s-%s" ($base | trunc 46 | trimSuffix "-") .name -}}
{{- end }}

{{- define "ambula.labels" -}}
{{ include "ambula.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/part-of: ambula
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "ambula.selector" -}}
app.kubernetes.io/name: ambula
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .name }}
{{- end }}

{{/* defaults, with what services.<name> says otherwise. */}}
{{- define "ambula.settings" -}}
{{- $own := index .root.Values.services .name | default dict -}}
{{- mergeOverwrite (deepCopy .root.Values.defaults) (deepCopy $own) | toJson -}}
{{- end }}

{{- define "ambula.image" -}}
{{- $image := .Values.image -}}
{{- if $image.digest -}}{{ $image.repository }}@{{ $image.digest }}
{{- else -}}{{ $image.repository }}:{{ $image.tag | default .Chart.AppVersion }}{{- end -}}
{{- end }}

{{- define "ambula.secret" -}}
{{- printf .root.Values.secrets.nameTemplate .name -}}
{{- end }}

{{/* Restricted pod security, for the pod and for its container. */}}
{{- define "ambula.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- define "ambula.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}

{{/* Environment of one process. */}}
{{- define "ambula.env" -}}
{{- $v := .root.Values -}}
{{- $settings := .settings -}}
- { name: AMBULA_DB_URL_FILE, value: /etc/ambula/secret/db-url }
- { name: AMBULA_JWKS_FILE, value: /etc/ambula/jwks/jwks.json }
- { name: AMBULA_HTTP_PORT, value: "8080" }
- { name: AMBULA_ADMIN_PORT, value: "9090" }
- { name: AMBULA_WORKERS, value: {{ $settings.workers | quote }} }
- { name: AMBULA_LOG_LEVEL, value: {{ $v.logLevel }} }
- { name: AMBULA_PUBLIC_URL, value: {{ $v.publicUrl | quote }} }
- { name: AMBULA_KAFKA_BROKERS, value: {{ $v.kafka.brokers | quote }} }
- { name: AMBULA_KAFKA_PARTITIONS, value: {{ $v.kafka.partitions | quote }} }
- { name: AMBULA_KAFKA_REPLICATION, value: {{ $v.kafka.replication | quote }} }
{{- if eq .name "gateway" }}
- { name: AMBULA_SIGNING_KEY_FILE, value: /etc/ambula/secret/signing.pem }
{{- range (list "patient" "scheduling" "queue" "consultation" "pharmacy" "notification") }}
- { name: AMBULA_UPSTREAM_{{ upper . }}, value: "http://{{ include "ambula.fullname" (dict "root" $.root "name" .) }}:8080" }
{{- end }}
{{- with $v.facility }}
- { name: AMBULA_FIRST_FACILITY_CODE, value: {{ .code | quote }} }
- { name: AMBULA_FIRST_FACILITY_NAME, value: {{ .name | quote }} }
- { name: AMBULA_FIRST_FACILITY_ZONE, value: {{ .zone | quote }} }
- { name: AMBULA_FIRST_FACILITY_CURRENCY, value: {{ .currency | quote }} }
- { name: AMBULA_FIRST_FACILITY_LOCALE, value: {{ .locale | quote }} }
{{- end }}
{{- end }}
{{- if eq .name "notification" }}
- { name: AMBULA_SMTP_URL, value: {{ $v.smtp.url | quote }} }
- { name: AMBULA_SMTP_STARTTLS, value: {{ $v.smtp.starttls | quote }} }
- { name: AMBULA_MAIL_FROM, value: {{ $v.smtp.from | quote }} }
{{- if $v.smtp.user }}
- { name: AMBULA_SMTP_USER, value: {{ $v.smtp.user | quote }} }
- { name: AMBULA_SMTP_PASSWORD_FILE, value: /etc/ambula/secret/smtp-password }
{{- end }}
{{- end }}
{{- range $name, $value := $settings.env }}
- { name: {{ $name }}, value: {{ $value | quote }} }
{{- end }}
{{- end }}

{{- define "ambula.mounts" -}}
- { name: secret, mountPath: /etc/ambula/secret, readOnly: true }
- { name: jwks, mountPath: /etc/ambula/jwks, readOnly: true }
- { name: tmp, mountPath: /tmp }
{{- if .root.Values.postgres.caConfigMap }}
- { name: postgres-ca, mountPath: /etc/ambula/postgres-ca, readOnly: true }
{{- end }}
{{- end }}

{{- define "ambula.volumes" -}}
- { name: secret, secret: { secretName: {{ include "ambula.secret" . }}, defaultMode: 0440 } }
- { name: jwks, configMap: { name: {{ .root.Values.secrets.jwksConfigMap }} } }
- { name: tmp, emptyDir: { sizeLimit: 64Mi } }
{{- with .root.Values.postgres.caConfigMap }}
- { name: postgres-ca, configMap: { name: {{ . }} } }
{{- end }}
{{- end }}
