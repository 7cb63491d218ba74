#!/bin/sh
# Only decoding at full size, and only encoding of pictures reduced before: the lower bound for a reduction
# from all pixels. Arguments: FOLDER PICTURE…. The reduced pictures are made in FOLDER once.
set -eu
folder=$1
shift
for picture in "$@"; do
  reduced=$folder/$(basename "$picture" .jpg).ppm
  [ -e "$reduced" ] || vipsthumbnail "$picture" --size '2048x2048>' -o "$reduced"
  djpeg -outfile /dev/null "$picture"
  cjpeg -quality 90 -sample 1x1 -outfile "$folder/$(basename "$picture")" "$reduced"
done
