{{/* Names, labels, and what all pods have in common. Most take (dict "root" $ "name" "queue"). */}}

{{- define "ambula.processes" -}}
gateway patient scheduling queue consultation pharmacy notification
{{- end }}

{{- define "ambula.fullname" -}}
{{- $base := ternary .root.Release.Name (printf "%s-ambula" .root.Release.Name) (contains "ambula" .root.Release.Name) -}}
{{- printf "%s-%s" ($base | trunc 40 | trimSuffix "-") .name | trunc 63 | trimSuffix "-" -}}
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
{{- $settings := mergeOverwrite (deepCopy .root.Values.defaults) (deepCopy $own) -}}
{{- if and $settings.autoscaling.enabled $settings.keda.enabled -}}
{{- fail (printf "services.%s: autoscaling and keda are both on; choose one" .name) -}}
{{- end -}}
{{- if and $settings.keda.enabled (eq .name "gateway") -}}
{{- fail "services.gateway.keda: people wait for the gateway, so it is scaled by CPU (autoscaling)" -}}
{{- end -}}
{{- if and $settings.autoscaling.enabled (gt (int $settings.autoscaling.minReplicas) (int $settings.autoscaling.maxReplicas)) -}}
{{- fail (printf "services.%s.autoscaling: minReplicas is above maxReplicas" .name) -}}
{{- end -}}
{{- if lt (int $settings.terminationGracePeriodSeconds) (add (int $settings.preStopSeconds) 25) -}}
{{- fail (printf "services.%s.terminationGracePeriodSeconds: at least preStopSeconds + 25, so that the drain fits" .name) -}}
{{- end -}}
{{- $settings | toJson -}}
{{- end }}

{{- define "ambula.image" -}}
{{- $image := .Values.image -}}
{{- if $image.digest -}}{{ $image.repository }}@{{ $image.digest }}
{{- else -}}{{ $image.repository }}:{{ $image.tag | default .Chart.AppVersion }}{{- end -}}
{{- end }}

{{- define "ambula.secret" -}}
{{- printf .root.Values.secrets.nameTemplate .name -}}
{{- end }}

{{- define "ambula.kafkaUser" -}}
{{- printf .root.Values.kafka.sasl.userTemplate .name -}}
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
{{- if $v.traces.url }}
- { name: AMBULA_TRACES_URL, value: {{ $v.traces.url | quote }} }
- { name: AMBULA_TRACES_RATIO, value: {{ $v.traces.ratio | quote }} }
{{- end }}
- { name: AMBULA_PUBLIC_URL, value: {{ $v.publicUrl | quote }} }
- { name: AMBULA_KAFKA_BROKERS, value: {{ $v.kafka.brokers | quote }} }
- { name: AMBULA_KAFKA_PARTITIONS, value: {{ $v.kafka.partitions | quote }} }
- { name: AMBULA_KAFKA_REPLICATION, value: {{ $v.kafka.replication | quote }} }
- { name: AMBULA_KAFKA_SECURITY_PROTOCOL, value: {{ $v.kafka.securityProtocol }} }
{{- if $v.kafka.caConfigMap }}
- { name: AMBULA_KAFKA_CA_FILE, value: /etc/ambula/kafka-ca/ca.crt }
{{- end }}
{{- if $v.kafka.mutualTls }}
- { name: AMBULA_KAFKA_CERTIFICATE_FILE, value: /etc/ambula/secret/kafka.crt }
- { name: AMBULA_KAFKA_KEY_FILE, value: /etc/ambula/secret/kafka.key }
{{- end }}
{{- if $v.kafka.sasl.mechanism }}
- { name: AMBULA_KAFKA_SASL_MECHANISM, value: {{ $v.kafka.sasl.mechanism }} }
- { name: AMBULA_KAFKA_SASL_USER, value: {{ include "ambula.kafkaUser" . }} }
- { name: AMBULA_KAFKA_SASL_PASSWORD_FILE, value: {{ ternary "/etc/ambula/kafka/password" "/etc/ambula/secret/kafka-password" $v.kafka.strimzi.enabled }} }
{{- end }}
{{- if eq .name "gateway" }}
- { name: AMBULA_SIGNING_KEY_FILE, value: /etc/ambula/secret/signing.pem }
{{- if $v.secrets.oldSigningKey }}
- { name: AMBULA_OLD_SIGNING_KEY_FILE, value: /etc/ambula/secret/signing-old.pem }
{{- end }}
{{- if $v.tls.enabled }}
- { name: AMBULA_TLS_CERT_FILE, value: /etc/ambula/tls/tls.crt }
- { name: AMBULA_TLS_KEY_FILE, value: /etc/ambula/tls/tls.key }
{{- else }}
- { name: AMBULA_GATEWAY_PLAIN_HTTP, value: "true" }
{{- end }}
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
{{- if and .root.Values.tls.enabled (eq .name "gateway") }}
- { name: tls, mountPath: /etc/ambula/tls, readOnly: true }
{{- end }}
{{- if .root.Values.kafka.caConfigMap }}
- { name: kafka-ca, mountPath: /etc/ambula/kafka-ca, readOnly: true }
{{- end }}
{{- if .root.Values.kafka.strimzi.enabled }}
- { name: kafka, mountPath: /etc/ambula/kafka, readOnly: true }
{{- end }}
{{- if .root.Values.postgres.caConfigMap }}
- { name: postgres-ca, mountPath: /etc/ambula/postgres-ca, readOnly: true }
{{- end }}
{{- end }}

{{- define "ambula.volumes" -}}
- { name: secret, secret: { secretName: {{ include "ambula.secret" . }}, defaultMode: 0440 } }
- { name: jwks, configMap: { name: {{ .root.Values.secrets.jwksConfigMap }} } }
- { name: tmp, emptyDir: { sizeLimit: 64Mi } }
{{- if and .root.Values.tls.enabled (eq .name "gateway") }}
- { name: tls, secret: { secretName: {{ .root.Values.tls.secret }}, defaultMode: 0440 } }
{{- end }}
{{- with .root.Values.kafka.caConfigMap }}
- { name: kafka-ca, configMap: { name: {{ . }} } }
{{- end }}
{{- if .root.Values.kafka.strimzi.enabled }}
- name: kafka
  secret:
    secretName: {{ include "ambula.kafkaUser" . }}
    defaultMode: 0440
    items: [{ key: password, path: password }]
{{- end }}
{{- with .root.Values.postgres.caConfigMap }}
- { name: postgres-ca, configMap: { name: {{ . }} } }
{{- end }}
{{- end }}
