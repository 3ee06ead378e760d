# The program knows the whole line and the cluster.
function _kubectl_argo_pods
  set -l words (commandline -opc)
  set -l typed (commandline -ct)
  # An open quote cannot be undone by string unescape.
  set -l plain (string unescape -- $typed; or string replace -r '^[\'"]' '' -- $typed)
  set -l found (kubectl-argo_pods __complete $words[2..-1] "$plain" 2>/dev/null)
  if test "$found[-1]" = :0
    __fish_complete_path (string replace -r '^-[^=]*=' '' -- $plain)
    return
  end
  set -e found[-1]
  # The program completes -nVALUE as the one word that it is; here the value alone is wanted.
  if string match -qr '^-[^-]' -- $plain
    set found (string replace -r '^-[^-]' '' -- $found)
  end
  # fish gives a value without a note that of its option, but not behind a tab.
  string replace -r '^[^\t]*$' '$0\t' -- $found
end
