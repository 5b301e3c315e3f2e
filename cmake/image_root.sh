#!/usr/bin/env bash
# image_root.sh BINARIES ROOT VERSION: the root folder of the image: stripped binaries, exactly the libraries that they load,
# certificates, time zones, fonts for the PDFs, and an SBOM (SPDX) of the Debian packages that all of it came from.
set -euo pipefail
bin=$1 root=$2 version=$3

mkdir -p "$root"/{etc/ssl/certs,tmp,usr/bin,usr/lib,usr/share/doc/ambula,usr/share/fonts/truetype}
chmod 1777 "$root/tmp"
# The classic places lead into /usr, as on Debian: the loader's path stands in every binary.
ln -s usr/lib "$root/lib"
ln -s usr/lib64 "$root/lib64"
printf 'ambula:x:65532:65532:Ambula:/tmp:/sbin/nologin\n' >"$root/etc/passwd"
printf 'ambula:x:65532:\n' >"$root/etc/group"
printf 'hosts: files dns\n' >"$root/etc/nsswitch.conf"

files=()
for binary in "$bin"/ambula-*; do
  strip -o "$root/usr/bin/${binary##*/}" "$binary"
done
mapfile -t libraries < <(ldd "$bin"/ambula-* | grep -o '/[^ ]*' | grep '\.so' | sort -u)
# Loaded by name at run time, so ldd does not see them: name resolution.
libraries+=(/lib/x86_64-linux-gnu/libnss_dns.so.2 /lib/x86_64-linux-gnu/libnss_files.so.2)
for library in "${libraries[@]}"; do
  [[ -e $library ]] || continue
  target=$root/$(realpath -m --no-symlinks "$library" | sed -E 's#^/(lib|lib64)/#usr/\1/#; s#^/##')
  mkdir -p "${target%/*}"
  cp -L "$library" "$target"
  files+=("$library")
done
cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
cp -a /usr/share/zoneinfo "$root/usr/share/"
cp -a /etc/fonts "$root/etc/"
[[ ! -d /usr/share/fontconfig ]] || cp -a /usr/share/fontconfig "$root/usr/share/"
# Latin, Greek and Cyrillic, Devanagari and Arabic: what names in the PDFs are written in. More can be mounted here.
for font in NotoSans-Regular NotoSans-Bold NotoSansDevanagari-Regular NotoSansDevanagari-Bold \
  NotoSansArabic-Regular NotoSansArabic-Bold; do
  cp "/usr/share/fonts/truetype/noto/$font.ttf" "$root/usr/share/fonts/truetype/"
done
python3 "$(dirname "$0")/sbom.py" "$version" "${files[@]}" ca-certificates tzdata fontconfig-config fonts-noto-core \
  >"$root/usr/share/doc/ambula/sbom.spdx.json"
# Time stamps and order are the one thing in which two builds would differ.
find "$root" -exec touch -h -d "@${SOURCE_DATE_EPOCH:-0}" {} +
