#!/bin/sh
# Decoding alone at full size, and encoding alone of what was reduced before: the least that a reduction of whole pixels can take.
# Arguments: FOLDER PICTURE…; the reduced pictures are made in FOLDER once.
set -eu
folder=$1
shift
for picture in "$@"; do
  reduced=$folder/$(basename "$picture" .jpg).ppm
  [ -e "$reduced" ] || vipsthumbnail "$picture" --size '2048x2048>' -o "$reduced"
  djpeg -outfile /dev/null "$picture"
  cjpeg -quality 90 -sample 1x1 -outfile "$folder/$(basename "$picture")" "$reduced"
done
