# The program knows the whole line and the cluster.
function _kubectl_argo_pods
    set -l words (commandline -opc)
    set -l typed (commandline -ct)
    # An open quote cannot be undone by string unescape.
    set -l plain (string unescape -- $typed; or string replace -r '^[\'"]' '' -- $typed)
    # The words are without their quotes: those that stand in the line as they are have ~ and variables in them.
    set -l bare (commandline -pc | string replace -a '"' '' | string split ' ')
    set -l asked
    for word in $words[2..-1]
        contains -- $word $bare; and set word (_kubectl_argo_pods_expanded $word)
        set -a asked "$word"
    end
    set -l found (kubectl-argo_pods __complete $asked "$plain" 2>/dev/null)
    if test "$found[-1]" = :0
        complete -C "'' "(string replace -r '^-[^=]*=' '' -- $typed)
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

# A word with ~ and variables in their place; nothing of it is run.
function _kubectl_argo_pods_expanded -a rest
    set -l plain
    if string match -qr '^~(/|$)' -- $rest
        set plain $HOME
        set rest (string sub -s 2 -- $rest)
    end
    while set -l parts (string match -r '^([^$]*)\$([A-Za-z_]\w*)(.*)$' -- $rest)
        set -l name $parts[3]
        set plain "$plain$parts[2]$$name"
        set rest $parts[4]
    end
    string join '' -- $plain $rest
end
